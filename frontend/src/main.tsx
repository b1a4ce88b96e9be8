/** Starts the page. */
import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { cspNonce } from "@/lib/csp-nonce";
import "@/styles/mantine.css";
import "@/styles/tokens.css";
import "@/styles/base.css";

// The scroll lock of dialogs adds a style element by itself; it asks this library for the nonce.
setNonce(cspNonce());

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
