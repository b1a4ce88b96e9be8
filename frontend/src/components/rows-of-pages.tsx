/** What all paged lists share: the pages laid end to end, and the button that fetches the next. */
import { Button } from "@mantine/core";
import type { InfiniteData } from "@tanstack/react-query";
import classes from "./table.module.css";

export function itemsOf<T>(data: InfiniteData<{ items: T[] }>): T[] {
  return data.pages.flatMap((page) => page.items);
}

interface MoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
}

export function More({ query }: MoreProps) {
  if (!query.hasNextPage) return null;
  return (
    <div className={classes.more}>
      <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Show more
      </Button>
    </div>
  );
}
