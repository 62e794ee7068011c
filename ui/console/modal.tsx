// The frame of every dialog, its last line, and the button that opens one.
// <dialog> keeps focus inside and closes on Escape.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { sendByKeys } from "./parts";
import { useUnsaid } from "./unsaid";
import { dialog, type DialogName, singleKeys } from "./view";

interface ModalProps {
  title: ComponentChildren;
  name: string;
  children: ComponentChildren;
  /** What takes it off the screen. */
  leave?: () => void;
}

export function Modal({ title, name, children, leave = dismiss }: ModalProps) {
  const element = useRef<HTMLDialogElement>(null);
  // One may lie on another.
  const heading = useId();
  const top = useRef<HTMLHeadingElement>(null);
  const unsaid = useUnsaid();
  // With the key that opens it, not a frame later: the next letter typed is the dialog's already.
  useLayoutEffect(() => {
    const node = element.current;
    const before = document.activeElement;
    node?.showModal();
    // The first field may be far down, on a phone: whoever opens a dialog begins at its beginning.
    if (node && top.current && node.scrollTop > 0) {
      // Not before: a heading that can have the focus would take it from the first field everywhere.
      top.current.tabIndex = -1;
      top.current.focus();
      node.scrollTop = 0;
    }
    return () => {
      node?.close();
      // Removed at once, the dialog has no time to give focus back by itself.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={name}
      aria-labelledby={heading}
      onClose={() => {
        // Not where it closed because something else took its place.
        if (element.current) leave();
      }}
      // At once: left to the browser, it is over a moment after it is off the screen, and takes along
      // what a quick key opened meanwhile.
      onCancel={(event) => {
        if (event.target !== element.current) return;
        event.preventDefault();
        if (!unsaid.holds()) leave();
      }}
      onKeyDown={sendByKeys}
      onClick={(event) => {
        if (event.target === element.current && !unsaid.holds()) leave();
      }}
      onInput={unsaid.onInput}
    >
      <div class="sheet">
        <h2 id={heading} ref={top}>
          {title}
        </h2>
        {children}
        {unsaid.question}
      </div>
    </dialog>
  );
}

export function dismiss(): void {
  dialog.value = null;
}

interface OpensProps {
  name: DialogName;
  class?: "secondary" | "secondary end" | "plain" | "link";
  /** The single letter that opens it too (see keys.ts), named while such letters are on. */
  letter?: string;
  /** What the dialog shows, where that is not the open conversation. */
  first?: () => void;
  children: ComponentChildren;
}

/** A button that opens a dialog, which gives the focus back to it. */
export function Opens({ name, class: look = "secondary", letter, first, children }: OpensProps) {
  return (
    <button
      type="button"
      class={look}
      aria-haspopup="dialog"
      aria-keyshortcuts={letter && singleKeys.value ? letter : undefined}
      onClick={() => {
        first?.();
        dialog.value = name;
      }}
    >
      {children}
    </button>
  );
}

interface ButtonsProps {
  /** The way out, which changes nothing. */
  back: string;
  leave?: () => void;
  /** What the dialog is for, where it is not only looked at: the form is sent, or `act` done. */
  go?: string;
  act?: () => void;
  busy?: boolean;
  disabled?: boolean;
  /** Other buttons, before the last. */
  children?: ComponentChildren;
}

/** The last line of every dialog: what it is for stands at its end. */
export function Buttons({ back, leave = dismiss, go, act, busy, disabled, children }: ButtonsProps) {
  const out = (
    <button type="button" class={go ? "secondary" : "primary"} onClick={leave}>
      {back}
    </button>
  );
  return (
    <div class="buttons">
      {go && out}
      {children}
      {go ? (
        <button type={act ? "button" : "submit"} class="primary" aria-busy={busy} disabled={disabled} onClick={act}>
          {go}
        </button>
      ) : (
        out
      )}
    </div>
  );
}
