"""The desk's addresses of the helpdesk."""

from django.urls import path

from tickets.views import acts, attachments, calendar, charges, comments, new, queue, ticket, timesheet

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("mine/", queue.mine, name="mine"),
    path("queue/rows/", queue.rows, name="queue_rows"),
    path("queue/version/", queue.version, name="queue_version"),
    path("calendar/", calendar.index, name="calendar"),
    path("calendar/new/", calendar.change, name="calendar-new"),
    path("time/", timesheet.time, name="time"),
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
    path("tickets/<str:ref>/files/<int:pk>/", attachments.staff_attachment, name="attachment"),
    path("tickets/<str:ref>/work/", charges.work, name="work"),
    path("tickets/<str:ref>/work/rule/", charges.rule, name="rule"),
    path("tickets/<str:ref>/work/charge/", charges.ask_charge, name="charge-ask"),
    path("tickets/<str:ref>/work/start/", charges.start, name="timer-start"),
    path("tickets/<str:ref>/work/stop/", charges.stop, name="timer-stop"),
    path("tickets/<str:ref>/work/time/", charges.add_time, name="time-add"),
    path("tickets/<str:ref>/work/time/<int:pk>/back/", charges.take_back, name="time-back"),
]
