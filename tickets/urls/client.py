"""The clients' addresses of the helpdesk."""

from django.urls import path

from tickets.views import (
    asking,
    attachments,
    chargeanswer,
    client,
    comments,
    diary,
    help,
    home,
    papers,
    search,
    watching,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("requests/", client.requests, name="tickets"),
    path("requests/new/", asking.ask, name="ask"),
    path("requests/search/", search.client_search, name="search"),
    path("terms/<str:clause>/comment/", comments.comment, name="comment"),
    path("requests/<str:ref>/", client.request_page, name="ticket"),
    path("requests/<str:ref>/reply/", client.reply, name="reply"),
    path("requests/<str:ref>/settled/", client.settled, name="settled"),
    path("requests/<str:ref>/copies/", watching.client_watchers, name="watchers"),
    path("requests/<str:ref>/copies/<int:pk>/end/", watching.client_unwatch, name="unwatch"),
    path("help/", help.index, name="help"),
    path("help/suggestions/", help.suggestions, name="help-suggestions"),
    path("help/solved/", help.solved, name="help-solved"),
    path("help/<int:pk>/", help.show, name="help-article"),
    path("help/<int:pk>/helped/", help.helped, name="help-vote"),
    path("access/", diary.diary, name="diary"),
    path("access/diary.csv", diary.diary_csv, name="diary-csv"),
    path("access/name/", diary.name, name="access-name"),
    path("requests/<str:ref>/access/", diary.access, name="access"),
    path("requests/<str:ref>/access/<int:pk>/decide/", diary.decide, name="access-decide"),
    path("requests/<str:ref>/tasks/<int:pk>/confirm/", diary.confirm_task, name="task-confirm"),
    path("requests/<str:ref>/files/<int:pk>/", attachments.client_attachment, name="attachment"),
    path("requests/<str:ref>/documents/", papers.client_papers, name="papers"),
    path("requests/<str:ref>/documents/<int:pk>/", papers.client_paper, name="paper"),
    path("requests/<str:ref>/charge/<int:pk>/", chargeanswer.charge, name="charge"),
]
