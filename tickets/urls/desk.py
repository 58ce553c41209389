"""The desk's addresses of the helpdesk."""

from django.urls import path

from tickets.views import access, acts, attachments, calendar, comments, new, queue, redaction, ticket

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("mine/", queue.mine, name="mine"),
    path("queue/rows/", queue.rows, name="queue_rows"),
    path("queue/version/", queue.version, name="queue_version"),
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
    path("tickets/<str:ref>/messages/<int:pk>/undo/", acts.undo, name="undo"),
    path("tickets/<str:ref>/messages/<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("tickets/<str:ref>/access/", access.access, name="access"),
    path("tickets/<str:ref>/access/ask/", access.access_ask, name="access-ask"),
    path("tickets/<str:ref>/access/asked/<int:pk>/allow/", access.access_allow, name="access-allow"),
    path("tickets/<str:ref>/access/asked/<int:pk>/open/", access.access_open, name="access-open"),
    path("tickets/<str:ref>/access/asked/<int:pk>/check/", access.access_check, name="access-check"),
    path("tickets/<str:ref>/access/asked/<int:pk>/emergency/", access.access_emergency, name="access-emergency"),
    path("tickets/<str:ref>/access/windows/<int:pk>/change/", access.access_change, name="access-change"),
    path("tickets/<str:ref>/access/windows/<int:pk>/close/", access.access_close, name="access-close"),
    path("tickets/<str:ref>/tasks/add/", access.task_add, name="task-add"),
    path("tickets/<str:ref>/tasks/<int:pk>/step/", access.task_step, name="task-step"),
    path("tickets/<str:ref>/escalate/", access.escalate, name="escalate"),
    path("tickets/<str:ref>/files/<int:pk>/redact/", redaction.redact_file, name="redact-file"),
    path("tickets/<str:ref>/messages/<int:pk>/redact/", redaction.redact_message, name="redact-message"),
    path("tickets/<str:ref>/files/<int:pk>/", attachments.staff_attachment, name="attachment"),
]
