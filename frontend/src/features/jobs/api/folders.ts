/** Folders: everybody sees them. */
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Folder, FolderChange, FolderCreate } from "@/lib/api/types";
import { SETUP, useWrite } from "./jobs";

/** Where folders are named: the place that is in none. */
export const TOP = "/";
const MOST = 200;

interface FoldersFilter {
  parent?: string;
  q?: string;
}

const foldersQuery = (filter: FoldersFilter) =>
  infiniteQueryOptions({
    queryKey: [SETUP, "folders", filter],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/folders", { params: { query: { ...filter, limit: MOST, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Those within another one by name, or all whose path holds the words. */
export const useFolders = (filter: FoldersFilter) => useInfiniteQuery(foldersQuery(filter));

const folderQuery = (folder: string) =>
  queryOptions({
    queryKey: [SETUP, "folder", folder],
    queryFn: () => unwrap(api.GET("/api/v1/folders/{folder}", { params: { path: { folder } } })),
  });

/** One by id or path. */
export const useFolder = (folder: string) => useQuery(folderQuery(folder));

export const useCreateFolder = (leave: (made: Folder) => unknown) =>
  useWrite((body: FolderCreate) => unwrap(api.POST("/api/v1/folders", { body })), leave);

export const useChangeFolder = (folder: string, leave: (changed: Folder) => unknown) =>
  useWrite(
    (body: FolderChange) => unwrap(api.PATCH("/api/v1/folders/{folder}", { params: { path: { folder } }, body })),
    leave,
  );

export const useRemoveFolder = (folder: string, leave: () => unknown) =>
  useWrite(() => unwrap(api.DELETE("/api/v1/folders/{folder}", { params: { path: { folder } } })), leave);
