"""The rows of the endpoint table that are about snapshots."""

from proxy.core.errors import Conflict, Forbidden, NotFound, PayloadTooLarge, UnprocessableInput
from proxy.web import api_snapshots
from proxy.web.api_endpoint import Endpoint, Reply
from proxy.web.schemas import Message
from proxy.web.snapshot_schemas import NewSnapshot, SnapshotInfo


def list_snapshot_endpoints() -> tuple[Endpoint, ...]:
    """Return the rows."""
    return (
        Endpoint(
            "GET",
            "/api/snapshots",
            api_snapshots.list_snapshots,
            "List the notebooks that you share; an administrator sees everybody's, without links",
            (Reply(200, "The snapshots, newest first", SnapshotInfo, many=True),),
        ),
        Endpoint(
            "POST",
            "/api/snapshots",
            api_snapshots.create_snapshot,
            "Share a notebook of yours as a page that is only read, for whoever has the link",
            (Reply(201, "It is shared", SnapshotInfo, headers=("Location",)),),
            body=NewSnapshot,
            problems=(Forbidden, NotFound, Conflict, PayloadTooLarge, UnprocessableInput),
        ),
        Endpoint(
            "DELETE",
            "/api/snapshots/{id}",
            api_snapshots.remove_snapshot,
            "Delete a snapshot; an administrator may delete anybody's",
            (Reply(200, "Its link shows nothing any more", Message),),
            problems=(NotFound,),
        ),
    )
