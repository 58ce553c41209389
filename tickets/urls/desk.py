"""The desk's addresses of the helpdesk."""

from django.urls import path

from tickets.views import acts, attachments, calendar, comments, desk, new, queue, search, ticket, triage

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("mine/", queue.mine, name="mine"),
    path("queue/rows/", queue.rows, name="queue_rows"),
    path("queue/version/", queue.version, name="queue_version"),
    path("search/", search.search, name="search"),
    path("answers/", desk.answers, name="answers"),
    path("answers/add/", desk.answer, name="answer-add"),
    path("answers/<int:pk>/", desk.answer, name="answer"),
    path("answers/<int:pk>/retire/", desk.retire, name="answer-retire"),
    path("views/save/", desk.save_view, name="view-save"),
    path("views/<int:pk>/remove/", desk.remove_view, name="view-remove"),
    path("calendar/", calendar.index, name="calendar"),
    path("calendar/new/", calendar.change, name="calendar-new"),
    path("feedback/", comments.index, name="feedback"),
    path("tickets/new/<slug:slug>/", new.new_ticket, name="new_ticket"),
    path("tickets/<str:ref>/", ticket.ticket, name="ticket"),
    path("tickets/<str:ref>/preview/", queue.preview, name="preview"),
    path("tickets/<str:ref>/accept/", acts.accept, name="accept"),
    path("tickets/<str:ref>/assign/", acts.assign, name="assign"),
    path("tickets/<str:ref>/move/", acts.move, name="move"),
    path("tickets/<str:ref>/reopen/", acts.reopen, name="reopen"),
    path("tickets/<str:ref>/correct/", acts.correct, name="correct"),
    path("tickets/<str:ref>/say/", acts.say, name="say"),
    path("tickets/<str:ref>/draft/", desk.draft, name="draft"),
    path("tickets/<str:ref>/snooze/", triage.snooze, name="snooze"),
    path("tickets/<str:ref>/wake/", triage.wake, name="wake"),
    path("tickets/<str:ref>/mark/", triage.mark, name="mark"),
    path("tickets/<str:ref>/merge/", triage.merge, name="merge"),
    path("tickets/<str:ref>/unmerge/", triage.unmerge, name="unmerge"),
    path("tickets/<str:ref>/link/", triage.link, name="link"),
    path("tickets/<str:ref>/links/<int:pk>/remove/", triage.unlink, name="unlink"),
    path("tickets/<str:ref>/decline/", triage.decline, name="decline"),
    path("tickets/<str:ref>/split/", triage.split, name="split"),
    path("tickets/<str:ref>/messages/<int:pk>/undo/", acts.undo, name="undo"),
    path("tickets/<str:ref>/messages/<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("tickets/<str:ref>/files/<int:pk>/", attachments.staff_attachment, name="attachment"),
]
