"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from portal.views import alarms, audit, clients, jobs, mail, notices, offer, people, staff
from portal.views.styleguide import styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("styleguide/", styleguide, name="styleguide"),
    path("clients/", clients.index, name="clients"),
    path("clients/add/", clients.add, name="client-add"),
    path("clients/<slug:slug>/", clients.show, name="client"),
    path("clients/<slug:slug>/rename/", clients.rename, name="client-rename"),
    path("clients/<slug:slug>/suspend/", clients.suspend, name="client-suspend"),
    path("clients/<slug:slug>/tenants/add/", clients.add_tenant, name="tenant-add"),
    path("clients/<slug:slug>/entitlements/add/", clients.add_entitlement, name="entitlement-add"),
    path("clients/<slug:slug>/entitlements/<int:pk>/end/", clients.end_entitlement, name="entitlement-end"),
    path("clients/<slug:slug>/people/invite/", people.invite_by_staff, name="client-invite"),
    path("clients/<slug:slug>/people/<int:pk>/end/", people.end_by_staff, name="client-member-end"),
    path("clients/<slug:slug>/manager/", clients.appoint, name="client-appoint"),
    path("approvals/<int:pk>/", clients.decide, name="approval"),
    path("people/staff/", staff.index, name="staff"),
    path("people/staff/add/", staff.add, name="staff-add"),
    path("people/staff/<int:pk>/", staff.show, name="staff-person"),
    path("people/staff/<int:pk>/grade/", staff.grade, name="staff-grade"),
    path("people/staff/<int:pk>/leave/", staff.leave, name="staff-leave"),
    path("people/staff/<int:pk>/return/", staff.come_back, name="staff-return"),
    path("people/staff/<int:pk>/absence/", staff.absence, name="staff-absence"),
    path("people/staff/<int:pk>/back/", staff.back, name="staff-back"),
    path("people/staff/<int:pk>/nda/", staff.add_nda, name="nda-add"),
    path("people/ndas/", staff.ndas, name="ndas"),
    path("alarms/", alarms.index, name="alarms"),
    path("alarms/<int:pk>/clear/", alarms.clear, name="alarm_clear"),
    path("notices/", notices.for_staff, name="notices"),
    path("notices/read/", notices.read_by_staff, name="notices_read"),
    path("mail/", mail.index, name="mail"),
    path("mail/<int:pk>/", mail.show, name="mail_detail"),
    path("mail/<int:pk>/retry/", mail.retry, name="mail_retry"),
    path("jobs/", jobs.index, name="jobs"),
    path("audit/", audit.index, name="audit"),
    path("audit/verify/", audit.check, name="audit_check"),
    path("offer/products/", offer.products, name="products"),
    path("offer/products/add/", offer.add_product, name="product-add"),
    path("offer/products/<int:pk>/", offer.change_product, name="product-change"),
    path("offer/rates/", offer.rates, name="rates"),
    path("offer/rates/add/", offer.add_rates, name="rate-add"),
    path("supplier/", staff.details, name="supplier"),
]
