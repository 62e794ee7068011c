import { render } from "preact";
import { App } from "./app";
import "./console.css";
import { onKey } from "./keys";
import { keepFocus } from "./rest";
import { boot } from "./store";

const root = document.getElementById("app");
if (root) {
  document.addEventListener("keydown", onKey);
  keepFocus();
  render(<App />, root);
  void boot();
}
