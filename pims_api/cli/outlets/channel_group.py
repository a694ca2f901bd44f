"""pims channel: shops that records are sent to and received from. Listing loads no connector."""

import click

from pims_api.cli.lazy_group import LazyGroup, Place

_PLACES = {
    name: Place(f"pims_api.cli.outlets.{where}", about)
    for name, where, about in (
        ("list", "channel_list_command:list_channels", "List the channels of a catalogue."),
        ("test", "channel_commands:test", "Tell whether the shop of a channel can be reached."),
        ("push", "channel_commands:push", "Send what changed to the shop of a channel."),
        ("pull", "channel_commands:pull", "Receive what changed in the shop of a channel."),
        ("sync", "channel_commands:sync", "Send and receive what changed."),
    )
}


@click.group("channel", cls=LazyGroup, places=_PLACES)
def channel_group() -> None:
    """Channels: shops that records are sent to and received from."""
