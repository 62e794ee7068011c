import { render } from "preact";
import { App } from "./app";
import "./console.css";
import { onKey } from "./keys";
import { boot } from "./store";

const root = document.getElementById("app");
if (root) {
  document.addEventListener("keydown", onKey);
  render(<App />, root);
  void boot();
}
