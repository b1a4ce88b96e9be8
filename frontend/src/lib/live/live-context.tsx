/** Gives the page its one LiveClient, which runs as long as somebody is signed in. */
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { LiveClient } from "./live-client";

const Context = createContext<LiveClient | null>(null);

function openSocket(): WebSocket {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(`${scheme}//${location.host}/api/v1/live`);
}

export function LiveProvider({ children, client }: { children: ReactNode; client?: LiveClient }) {
  const [live] = useState(() => client ?? new LiveClient(openSocket));
  useEffect(() => {
    const online = () => live.retryNow();
    const offline = () => live.lost();
    live.start();
    window.addEventListener("online", online);
    window.addEventListener("offline", offline);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("offline", offline);
      live.stop();
    };
  }, [live]);
  return <Context.Provider value={live}>{children}</Context.Provider>;
}

export function useLive(): LiveClient {
  const live = useContext(Context);
  if (!live) throw new Error("useLive needs a LiveProvider above it");
  return live;
}

export function useLiveStatus() {
  const live = useLive();
  return useSyncExternalStore(live.watch, live.status);
}
