"""What the addresses of channels do and who may ask for it. A part of `endpoints.py`.

Source: docs/api/sigma.md, Channels.
"""

from pims_api.domain.access.permission import Permission
from schemas.sigma.outlets.channels import ChannelBody, ChannelReply
from schemas.sigma.outlets.sync import (
    ConnectionReply,
    LogsQuery,
    SyncLogReply,
    SyncMappingReply,
)
from views.rest import NO_CONTENT, Endpoint
from views.sigma.actions.outlets import channels, sync
from views.sigma.caller import Caller

_READ, _EDIT = Permission.READ, Permission.EDIT_PRODUCTS
_OUTLETS, _NO_OUTLETS = Permission.CHANGE_OUTLETS, Permission.DELETE_OUTLETS
_CHANNELS, _CHANNEL = "/channels", "/channels/<channel_id>"

CHANNEL_ENDPOINTS: tuple[Endpoint[Caller], ...] = (
    Endpoint("GET", _CHANNELS, "List channels", _READ, channels.list_channels, many=True,
             reply=ChannelReply()),
    Endpoint("POST", _CHANNELS, "Create a channel", _OUTLETS, channels.add_channel, writes=True,
             status=201, body=ChannelBody(), reply=ChannelReply()),
    Endpoint("GET", _CHANNEL, "Read a channel", _READ, channels.show_channel,
             reply=ChannelReply()),
    Endpoint("PUT", _CHANNEL, "Replace a channel", _OUTLETS, channels.put_channel, writes=True,
             body=ChannelBody(), reply=ChannelReply(), shows=channels.show_channel),
    Endpoint("DELETE", _CHANNEL, "Delete a channel with its mappings and logs", _NO_OUTLETS,
             channels.delete_channel, writes=True, status=NO_CONTENT,
             shows=channels.show_channel),
    Endpoint("POST", f"{_CHANNEL}/test-connection", "Test the connection of a channel", _EDIT,
             sync.connection_to_test, reply=ConnectionReply(), after=sync.tested),
    Endpoint("POST", f"{_CHANNEL}/push", "Send records to a channel", _EDIT, sync.start_push,
             writes=True, reply=SyncLogReply(), after=sync.await_run, begun=sync.begun),
    Endpoint("POST", f"{_CHANNEL}/pull", "Receive products of a channel", _EDIT,
             sync.start_pull, writes=True, reply=SyncLogReply(), after=sync.await_run,
             begun=sync.begun),
    Endpoint("POST", f"{_CHANNEL}/sync", "Send and receive", _EDIT, sync.start_sync,
             writes=True, reply=SyncLogReply(), after=sync.await_run, begun=sync.begun),
    Endpoint("GET", f"{_CHANNEL}/sync-logs", "List the runs of a channel", _READ,
             sync.list_logs, query=LogsQuery(), reply=SyncLogReply(), many=True),
    Endpoint("GET", f"{_CHANNEL}/sync-mappings", "List which products records are", _READ,
             sync.list_mappings, reply=SyncMappingReply(), many=True),
)  # fmt: skip
