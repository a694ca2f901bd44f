"""What the addresses of webhooks do. See `endpoints`."""

from pims_api.domain.access.permission import Permission
from schemas.sigma.outlets.webhooks import (
    ChangedWebhookBody,
    DeliveriesQuery,
    DeliveryReply,
    WebhookBody,
    WebhookReply,
)
from views.rest import NO_CONTENT, Endpoint
from views.sigma.actions.outlets import webhooks
from views.sigma.caller import Caller

_READ = Permission.READ
_HOOKS, _HOOK = "/webhooks", "/webhooks/<webhook_id>"
_DELIVERIES = f"{_HOOK}/deliveries"
_OUTLETS, _NO_OUTLETS = Permission.CHANGE_OUTLETS, Permission.DELETE_OUTLETS

WEBHOOK_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _HOOKS, "List webhooks", _READ, webhooks.list_webhooks, many=True,
             reply=WebhookReply()),
    Endpoint("POST", _HOOKS, "Create a webhook", _OUTLETS, webhooks.add_webhook, writes=True,
             status=201, body=WebhookBody(), reply=WebhookReply(), check=webhooks.check_address),
    Endpoint("GET", _HOOK, "Read a webhook", _READ, webhooks.show_webhook, reply=WebhookReply()),
    Endpoint("PUT", _HOOK, "Replace a webhook", _OUTLETS, webhooks.put_webhook, writes=True,
             body=ChangedWebhookBody(), reply=WebhookReply(), shows=webhooks.show_webhook,
             check=webhooks.check_address),
    Endpoint("DELETE", _HOOK, "Delete a webhook", _NO_OUTLETS, webhooks.delete_webhook,
             writes=True, status=NO_CONTENT, shows=webhooks.show_webhook),
    Endpoint("GET", _DELIVERIES, "List the deliveries of a webhook", _READ,
             webhooks.list_deliveries, query=DeliveriesQuery(), reply=DeliveryReply(), many=True),
    Endpoint("POST", f"{_DELIVERIES}/<delivery_id>/redeliver", "Make a delivery again", _OUTLETS,
             webhooks.redeliver, writes=True, reply=DeliveryReply()),
    Endpoint("POST", f"{_HOOK}/test", "Send a test to a webhook", _OUTLETS,
             webhooks.test_webhook, writes=True, reply=DeliveryReply()),
)  # fmt: skip
