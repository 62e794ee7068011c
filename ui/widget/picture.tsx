// Sending an image: a warning, then the picker, then the image as it will leave. It is drawn anew
// here: where and with what it was taken does not reach the network. Its bytes are in memory only.

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Trouble } from "./code";
import { S } from "./strings";
import type { Chat } from "./store";
import { freshId } from "./vault";
import { words } from "./words-more";

const HEAVIEST_BYTES = 25_000_000;
// Enough to read a screenshot of a long conversation.
const LONGEST_SIDE = 2_000;
const QUALITY = 0.82;
const TRY_AGAIN_MS = 4_000;

/** The image drawn anew, at most so large. Throws for what is no image that this browser reads. */
async function redrawn(file: File): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const brush = canvas.getContext("2d");
  if (!brush) throw new Error("no canvas");
  // What is transparent would turn black.
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

export function Picture({ chat }: { chat: Chat }): JSX.Element {
  const M = words(chat);
  const frame = useRef<HTMLDivElement>(null);
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  useLayoutEffect(() => {
    if (canvas) frame.current?.replaceChildren(canvas);
  }, [canvas]);
  const choose = async (field: HTMLInputElement): Promise<void> => {
    const file = field.files?.[0];
    field.value = "";
    if (!file) return;
    setTrouble(file.size > HEAVIEST_BYTES ? M.pictureHeavy : "");
    if (file.size > HEAVIEST_BYTES) return;
    setBusy(true);
    try {
      setCanvas(await redrawn(file));
    } catch {
      setCanvas(null);
      setTrouble(M.pictureUnread);
    }
    setBusy(false);
  };
  const send = (): void =>
    canvas?.toBlob(
      (blob) => {
        if (!blob) return setTrouble(M.pictureUnread);
        const cid = freshId();
        chat.page.value = null;
        chat.put(cid, blob);
        upload(chat, cid, blob);
      },
      "image/jpeg",
      QUALITY,
    );
  return (
    <>
      {canvas ? (
        <div class="preview" ref={frame} role="img" aria-label={M.picturePreview} />
      ) : (
        M.pictureWarn.map((line) => <p key={line}>{line}</p>)
      )}
      <p role="status">{busy ? M.pictureBusy : ""}</p>
      <Trouble text={trouble} />
      <div class="deeds">
        {canvas && (
          <button type="button" class="main" onClick={send}>
            {M.pictureSend}
          </button>
        )}
        <label class={canvas ? "pick" : "pick main"}>
          {canvas ? M.pictureOther : M.pictureChoose}
          <input
            type="file"
            class="sr"
            accept="image/jpeg,image/png,image/webp,image/gif,image/avif"
            disabled={busy}
            onChange={(event) => void choose(event.currentTarget)}
          />
        </label>
      </div>
    </>
  );
}

/** Sends until the server has it or refuses it; a lost network is waited out. */
export function upload(chat: Chat, cid: string, blob: Blob): void {
  const still = (): boolean => chat.items.value.some((one) => one.cid === cid && one.blob);
  const go = async (): Promise<void> => {
    if (!still() || !chat.alive) return;
    try {
      const answer = await chat.ask(`web/images/${cid}`, blob);
      if (answer.ok) return chat.keep(cid);
      if (answer.status < 500) {
        const said = (await answer.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
        const { code = "", message = words(chat).pictureRefused } = said.error ?? {};
        return chat.change(cid, { sending: "refused", refusal: S.errors[code] ?? message });
      }
    } catch {
      // No network: the same image again, under the same id, so that it arrives once.
    }
    // Its message may have come back though the answer did not.
    if (!still()) return;
    chat.change(cid, { sending: "late" });
    setTimeout(() => void go(), TRY_AGAIN_MS * (0.5 + Math.random()));
  };
  void go();
}
