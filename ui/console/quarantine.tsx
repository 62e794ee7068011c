// An intimate image of a minor: put aside, seen once with a second person's agreement, destroyed.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, call, NoAnswer, say } from "./api";
import { Icon } from "./icons";
import { NB } from "./strings";
import { dateOf } from "./time";
import type { Attachment } from "./types";

interface Slip {
  id: string;
  sha256: string;
  mime: string;
  destroy_at: string;
  destroyed_at: string | null;
  asked_by: string | null;
  reason: string;
  agreed: boolean;
  looked: boolean;
}

const w = {
  put: "C’est une image intime d’un mineur",
  sure: "Confirmer la mise en quarantaine",
  cancel: "Annuler",
  title: "Image en quarantaine",
  until: (at: string) => `Détruite le ${at}. L’empreinte reste.`,
  gone: "Image détruite. Il reste l’empreinte.",
  hash: `Empreinte SHA-256${NB}:`,
  reason: "Pourquoi faut-il la regarder ?",
  ask: "Demander l’accord d’un collègue",
  waiting: "En attente de l’accord d’un collègue.",
  look: "Regarder une seule fois",
  hide: "Masquer",
  refresh: "Actualiser",
  destroy: "Détruire maintenant",
  label: "Accords demandés",
  asks: (name: string, why: string) => `${name} demande votre accord pour regarder une image en quarantaine${NB}: « ${why} »`,
  agree: "Je suis d’accord",
} as const;

const at = (id: string) => `quarantine/${id}`;

/** Two clicks: what is put aside does not come back. */
export function PutAside({ conversation, file }: { conversation: string; file: Attachment }) {
  const sure = useSignal(false);
  const error = useSignal<string | null>(null);
  const put = () => {
    call("POST", `conversations/${conversation}/files/${file.id}/quarantine`, {}).catch((problem: unknown) => {
      error.value = say(problem);
    });
  };
  return (
    <p class="put-aside">
      {sure.value ? (
        <>
          <button type="button" class="secondary" onClick={put}>
            {w.sure}
          </button>{" "}
          <button type="button" class="link" onClick={() => { sure.value = false; }}>
            {w.cancel}
          </button>
        </>
      ) : (
        <button type="button" class="link" onClick={() => { sure.value = true; }}>
          {w.put}
        </button>
      )}
      {error.value && <span class="failure" role="alert"> {error.value}</span>}
    </p>
  );
}

/** What is left of it in the conversation. */
export function Quarantined({ id }: { id: string }) {
  const slip = useSignal<Slip | null>(null);
  const reason = useSignal("");
  const error = useSignal<string | null>(null);
  const url = useSignal<string | null>(null);
  const hide = () => {
    if (url.peek()) URL.revokeObjectURL(url.peek() as string);
    url.value = null;
  };
  const ask = async (method: "GET" | "POST", path = "", body?: object) => {
    try {
      slip.value = await call<Slip>(method, at(id) + path, body);
      error.value = null;
    } catch (problem) {
      error.value = say(problem);
    }
  };
  useEffect(() => {
    void ask("GET");
    return hide;
  }, [id]);
  const look = async () => {
    try {
      const answer = await fetch(`/console/api/${at(id)}/look`, { method: "POST", cache: "no-store" });
      if (!answer.ok) throw new ApiError(answer.status, "", w.waiting);
      url.value = URL.createObjectURL(new Blob([await answer.blob()], { type: slip.value?.mime ?? "" }));
      await ask("GET");
    } catch (problem) {
      error.value = say(problem instanceof ApiError ? problem : new NoAnswer());
    }
  };
  const told = slip.value;
  return (
    <div class="file quarantined" role="group" aria-label={w.title}>
      <p>
        <Icon name="eye" /> <b>{w.title}</b>
      </p>
      {told && (
        <>
          <p>{told.destroyed_at ? w.gone : w.until(dateOf(told.destroy_at))}</p>
          <p class="quiet hash">
            {w.hash} <code>{told.sha256}</code>
          </p>
          {url.value && told.mime.startsWith("image/") && <img src={url.value} alt={w.title} />}
          {!told.destroyed_at && (
            <p class="inline">
              {url.value ? (
                <button type="button" class="secondary" onClick={hide}>{w.hide}</button>
              ) : told.agreed && !told.looked ? (
                <button type="button" class="secondary" onClick={() => void look()}>{w.look}</button>
              ) : told.asked_by && !told.agreed ? (
                <>
                  <span>{w.waiting}</span>
                  <button type="button" class="link" onClick={() => void ask("GET")}>{w.refresh}</button>
                </>
              ) : (
                <>
                  <label>
                    {w.reason}
                    <input value={reason.value} maxLength={300} onInput={(e) => { reason.value = e.currentTarget.value; }} />
                  </label>
                  <button type="button" class="secondary" disabled={!reason.value.trim()}
                    onClick={() => void ask("POST", "/ask", { reason: reason.value })}>
                    {w.ask}
                  </button>
                </>
              )}{" "}
              <button type="button" class="link" onClick={() => { hide(); void ask("POST", "/destroy", {}); }}>{w.destroy}</button>
            </p>
          )}
        </>
      )}
      {error.value && <p class="failure" role="alert">{error.value}</p>}
    </div>
  );
}

const asked = signal<Slip[]>([]);
const EVERY = 20_000;

/** What colleagues ask: shown to everybody else at the desk. */
export function Agreements() {
  useEffect(() => {
    const read = () => {
      call<{ asked: Slip[] }>("GET", "quarantine").then(
        (told) => {
          asked.value = told.asked;
        },
        () => undefined,
      );
    };
    read();
    const timer = setInterval(read, EVERY);
    return () => clearInterval(timer);
  }, []);
  if (!asked.value.length) return null;
  const agree = (id: string) => {
    const gone = () => {
      asked.value = asked.value.filter((one) => one.id !== id);
    };
    call("POST", `${at(id)}/agree`, {}).then(gone, gone);
  };
  return (
    <section class="agreements" aria-label={w.label}>
      {asked.value.map((one) => (
        <p key={one.id} class="notice">
          {w.asks(one.asked_by ?? "", one.reason)}{" "}
          <button type="button" class="secondary" onClick={() => agree(one.id)}>
            {w.agree}
          </button>
        </p>
      ))}
    </section>
  );
}
