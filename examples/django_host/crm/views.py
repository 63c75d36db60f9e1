"""What agents do with leads."""

import json

from django.contrib.auth.decorators import login_required
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.views.decorators.http import require_GET, require_POST

from django_host.crm.models import Lead
from django_host.login import principal_of
from meta_inbox.domain.errors import Refused
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.entrypoints.plugin import OpenInbox


@require_GET
@login_required
def leads(_request: HttpRequest) -> JsonResponse:
    """Who wrote, oldest first."""
    found = Lead.objects.order_by("id").values("id", "account_id", "contact_id", "name", "text")
    return JsonResponse(list(found), safe=False)


@require_POST
@login_required
async def answer(request: ASGIRequest, lead: int) -> HttpResponse:
    """Answers in the conversation that the lead came from."""
    found = await aget_object_or_404(Lead, pk=lead)
    inbox: OpenInbox = request.scope["state"]["inbox"]
    try:
        sent = await inbox.send_message(
            by=principal_of(await request.auser()),
            account=AccountId(found.account_id),
            contact=ContactId(found.contact_id),
            content=TextContent(text=json.loads(request.body)["text"]),
        )
    except Refused as refused:  # the window is closed, the person blocked the business, and so on
        return JsonResponse({"code": refused.code, "detail": str(refused)}, status=409)
    return JsonResponse({"id": sent.id, "status": sent.status})
