"""Addresses of the interface: the helpdesk's resources."""

from django.urls import URLPattern, path

from tickets.api import articles, deeds, messages, tickets, watching

urlpatterns: list[URLPattern] = [
    path("articles", articles.Articles.as_view(), name="articles"),
    path("articles/<int:pk>", articles.OneArticle.as_view(), name="article"),
    path("tickets", tickets.Tickets.as_view(), name="tickets"),
    path("clients/<slug:slug>/tickets", tickets.TicketsOfClient.as_view(), name="tickets-of-client"),
    path("tickets/<str:ref>", tickets.OneTicket.as_view(), name="ticket"),
    path("tickets/<str:ref>/clock", tickets.Clock.as_view(), name="clock"),
    path("tickets/<str:ref>/messages", messages.Messages.as_view(), name="messages"),
    path("tickets/<str:ref>/messages/<int:pk>", messages.OneMessage.as_view(), name="message"),
    path("tickets/<str:ref>/messages/<int:pk>/undo", messages.Undo.as_view(), name="message-undo"),
    path("tickets/<str:ref>/messages/<int:pk>/withdraw", messages.Withdraw.as_view(), name="message-withdraw"),
    path("tickets/<str:ref>/notes", messages.Notes.as_view(), name="notes"),
    path("tickets/<str:ref>/attachments", messages.Attachments.as_view(), name="attachments"),
    path("tickets/<str:ref>/attachments/<int:pk>", messages.AttachmentFile.as_view(), name="attachment"),
    path("tickets/<str:ref>/watchers", watching.Watchers.as_view(), name="watchers"),
    path("tickets/<str:ref>/watchers/<int:pk>/end", watching.EndWatching.as_view(), name="watcher-end"),
    path("tickets/<str:ref>/accept", deeds.Accept.as_view(), name="accept"),
    path("tickets/<str:ref>/assign", deeds.Assign.as_view(), name="assign"),
    path("tickets/<str:ref>/move", deeds.MoveOn.as_view(), name="move"),
    path("tickets/<str:ref>/reopen", deeds.Reopen.as_view(), name="reopen"),
    path("tickets/<str:ref>/correct", deeds.Correct.as_view(), name="correct"),
    path("tickets/<str:ref>/settle", deeds.Settle.as_view(), name="settle"),
]
