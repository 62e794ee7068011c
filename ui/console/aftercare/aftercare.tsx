// The inside of what aftercare.tsx frames, one script.
import type { ComponentType } from "preact";
import type { AftercareProps } from "../aftercare";
import "./aftercare.css";
import { NewCall } from "./call";
import { Propose, Tasks } from "./follow";
import { Half, Line } from "./line";
import { Sheet } from "./sheet";

export const PARTS: Record<AftercareProps["name"], ComponentType<AftercareProps>> = {
  emergency: ({ summary, messages }) => (summary ? <Sheet summary={summary} messages={messages} /> : null),
  follow: ({ summary }) => (summary ? <Propose summary={summary} /> : null),
  tasks: Tasks,
  call: NewCall,
  line: ({ summary }) => (summary ? <Line summary={summary} /> : null),
  half: ({ summary }) => (summary ? <Half summary={summary} /> : null),
};
