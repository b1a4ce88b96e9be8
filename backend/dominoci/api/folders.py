"""Folders of jobs."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.jobs import FOLDER_EXAMPLE, Folder, FolderChange, FolderCreate, FolderQuery
from dominoci.services import folders

blp = Routes("folders", "Hold jobs and other folders; everybody sees them. `{folder}` is an id or a path.")
F = "/folders/<path:folder>"


@blp.get("/folders")
@allow("user", refuses=(404,))
@blp.arguments(FolderQuery, location="query")
@blp.response(200, list_of(Folder))
def search(query: dict[str, Any]) -> dict[str, Any]:
    """The folders in another one, by name; with `q` all whose path holds it."""
    return read(folders.search, query, page_of(query))


@blp.post("/folders")
@allow("user", refuses=(404, 409))
@blp.arguments(FolderCreate, example=FOLDER_EXAMPLE)
@blp.response(201, Folder)
def create(body: dict[str, Any]) -> dict[str, Any]:
    """A new folder; its maker and admins may rename, move and remove it."""
    return write(folders.create, body)


@blp.get(F)
@allow("user", refuses=(404,))
@blp.response(200, Folder)
def get(folder: str) -> dict[str, Any]:
    """One folder."""
    return read(folders.get, folder)


@blp.patch(F)
@allow("user", refuses=(404, 409))
@blp.arguments(FolderChange)
@blp.response(200, Folder)
def change(body: dict[str, Any], folder: str) -> dict[str, Any]:
    """Renames a folder, or moves it, with all that it holds."""
    return write(folders.change, folder, body)


@blp.delete(F)
@allow("user", refuses=(404, 409))
@blp.response(204)
def remove(folder: str) -> None:
    """Removes an empty folder; any other is 409."""
    write(folders.remove, folder)
