// A file that somebody sent. Nothing of it is fetched, shown or played before a click, and what was
// shown is let go of when it is hidden.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { fetchFile, fileUrl, say } from "./api";
import { Icon } from "./icons";
import { PutAside, Quarantined } from "./quarantine";
import { t, typeName } from "./strings";
import { fileName } from "./text";
import type { Attachment } from "./types";

type Kind = "image" | "audio" | "video" | "document";

// What a browser shows by itself, and what is no document with scripts in it.
const SHOWN: [Kind, RegExp][] = [
  ["image", /^image\/(png|jpeg|gif|webp|avif)$/],
  ["audio", /^(audio\/[\w.+-]+|application\/ogg)$/],
  ["video", /^video\/[\w.+-]+$/],
];

/** By what its content is, found out by the gateway; never by what the platform called it. */
const kindOf = ({ mime, type }: Attachment): Kind => {
  const plain = mime?.split(";")[0]?.trim().toLowerCase() ?? "";
  const kind = SHOWN.find(([, pattern]) => pattern.test(plain))?.[0] ?? "document";
  // A sound may come in a container that films use too.
  return kind === "video" && (type === "voice" || type === "audio") ? "audio" : kind;
};

const OPEN = { image: t.file.show, audio: t.file.listen, video: t.file.watch } as const;

interface Props {
  conversation: string;
  file: Attachment;
}

export function File({ conversation, file }: Props) {
  if (file.state === "quarantined") return <Quarantined id={file.id} />;
  if (file.state !== "kept") {
    const state = file.state === "coming" || file.state === "refused" ? file.state : "gone";
    return (
      <p class={`file ${state}`}>
        <Icon name={state === "coming" ? "clock" : "alarm"} />
        <span>{t.file[state]}</span>
      </p>
    );
  }
  const kind = kindOf(file);
  return kind === "document" ? (
    <Download conversation={conversation} file={file} />
  ) : (
    <Medium conversation={conversation} file={file} kind={kind} />
  );
}

function Download({ conversation, file }: Props) {
  const name = fileName(file.filename) || t.file.unnamed;
  return (
    <p class="file document">
      <Icon name="file" />
      <span class="file-name">
        <bdi>{name}</bdi> <Size bytes={file.size} />
      </span>
      <a href={fileUrl(conversation, file.id)} download={name} aria-label={`${t.file.download} : ${name}`}>
        {t.file.download}
      </a>
    </p>
  );
}

function Medium({ conversation, file, kind }: Props & { kind: Exclude<Kind, "document"> }) {
  const url = useSignal<string | null>(null);
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const here = useRef(true);
  const what = `${typeName(kind === "audio" && file.type === "voice" ? "voice" : kind)} ${t.file.ofPerson}`;

  const hide = () => {
    if (url.peek()) URL.revokeObjectURL(url.peek() as string);
    url.value = null;
  };
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
      hide();
    };
  }, []);

  const show = async () => {
    if (busy.value || url.value) return;
    busy.value = true;
    error.value = null;
    try {
      const bytes = await fetchFile(conversation, file.id);
      // The type that was checked, whatever the answer's header says.
      if (here.current) url.value = URL.createObjectURL(new Blob([bytes], { type: file.mime ?? "" }));
    } catch (problem) {
      error.value = say(problem);
    } finally {
      busy.value = false;
    }
  };
  const broken = () => {
    hide();
    error.value = t.file.broken;
  };

  return (
    <div class={`file ${kind}`}>
      {url.value && kind === "image" && <img src={url.value} alt={what} onError={broken} />}
      {url.value && kind === "audio" && (
        <audio src={url.value} aria-label={what} controls autoPlay onError={broken} />
      )}
      {url.value && kind === "video" && (
        <video src={url.value} aria-label={what} controls playsInline onError={broken} />
      )}
      {!url.value && kind === "image" && <span class="veil" aria-hidden="true" />}
      <p>
        <button
          type="button"
          class="secondary"
          aria-busy={busy.value}
          aria-label={`${url.value ? t.file.hide : OPEN[kind]} : ${what}`}
          onClick={() => (url.value ? hide() : void show())}
        >
          <Icon name={kind === "audio" ? "ear" : "eye"} />
          {busy.value ? t.file.loading : url.value ? t.file.hide : OPEN[kind]}
        </button>
        <span class="quiet">
          {kind === "image" && !url.value && `${t.file.blurred} `}
          <Size bytes={file.size} />
        </span>
      </p>
      {kind !== "audio" && <PutAside conversation={conversation} file={file} />}
      {error.value && (
        <p class="failure" role="alert">
          {error.value}
        </p>
      )}
      {error.value === t.file.broken && <Download conversation={conversation} file={file} />}
    </div>
  );
}

function Size({ bytes }: { bytes: number | null }) {
  if (bytes === null) return null;
  const kilobytes = Math.max(1, Math.round(bytes / 1024));
  return (
    <span class="quiet">
      {kilobytes < 1024 ? t.file.kilobytes(kilobytes) : t.file.megabytes(kilobytes / 1024)}
    </span>
  );
}
