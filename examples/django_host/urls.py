"""The CRM's own pages."""

from django.contrib.auth.views import LoginView
from django.urls import path

from django_host.crm import views

urlpatterns = [
    path("login", LoginView.as_view(), name="login"),
    path("leads", views.leads),
    path("leads/<int:lead>/answer", views.answer),
]
