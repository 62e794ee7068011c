// What supervisors set for the desk: prepared replies, tags, and which channels take new people.
import { type Signal, useSignal } from "@preact/signals";
import { CHANNELS, Check, Field, split } from "./service";
import type { Replies } from "./service-api";
import { channelName, ISSUE } from "./strings";
import { s } from "./strings-service";

type Reply = Replies["replies"][number];

export function RepliesForm({ body }: { body: Signal<Replies> }) {
  const { service, replies } = body.value;
  const fresh = useSignal<string | null>(null);
  const set = (next: Reply[]) => {
    body.value = { ...body.value, replies: next };
  };
  return (
    <>
      <p>{s.replies.help}</p>
      <Field
        label={s.replies.service}
        value={service}
        set={(words) => {
          body.value = { ...body.value, service: words };
        }}
      />
      {replies.map((one, index) => (
        <details key={one.id} open={one.id === fresh.value}>
          <summary>
            <bdi>{one.name || s.replies.add}</bdi>
          </summary>
          <Fields
            one={one}
            put={(change) => set(body.value.replies.map((each, i) => (i === index ? { ...each, ...change } : each)))}
            remove={() => set(body.value.replies.filter((_, i) => i !== index))}
            up={() => set(raised(body.value.replies, index))}
          />
        </details>
      ))}
      <button
        type="button"
        class="secondary"
        onClick={() => {
          fresh.value = crypto.randomUUID().replaceAll("-", "");
          set([...body.value.replies, { id: fresh.value, name: "", text: { tu: "", vous: "" } }]);
        }}
      >
        {s.replies.add}
      </button>
    </>
  );
}

/** The same with one of them a place higher. */
function raised(all: readonly Reply[], index: number): Reply[] {
  const [before, one] = [all[index - 1], all[index]];
  if (!before || !one) return [...all];
  return [...all.slice(0, index - 1), one, before, ...all.slice(index + 1)];
}

interface Props {
  one: Reply;
  put: (change: Partial<Reply>) => void;
  remove: () => void;
  up: () => void;
}

function Fields({ one, put, remove, up }: Props) {
  return (
    <div class="fields">
      <Field label={s.replies.name} value={one.name} set={(name) => put({ name })} />
      {(["tu", "vous"] as const).map((form) => (
        <Field
          key={form}
          label={s.replies[form]}
          rows={3}
          value={one.text[form]}
          set={(words) => put({ text: { ...one.text, [form]: words } })}
        />
      ))}
      <Field
        label={`${s.replies.issues} (${Object.keys(ISSUE).join(", ")})`}
        value={(one.issues ?? []).join(", ")}
        set={(words) => put({ issues: split(words, ",") })}
      />
      <button type="button" class="link" onClick={up}>
        {s.replies.up}
      </button>
      <button type="button" class="link" onClick={remove}>
        {s.replies.remove}
      </button>
    </div>
  );
}

export function TagsForm({ body }: { body: Signal<{ tags: string[] }> }) {
  return (
    <>
      <p>{s.tags.help}</p>
      <Field
        label={s.tags.label}
        rows={10}
        value={body.value.tags.join("\n")}
        set={(words) => {
          body.value = { tags: split(words, "\n") };
        }}
      />
    </>
  );
}

export function IntakeForm({ body }: { body: Signal<{ shut: string[] }> }) {
  return (
    <>
      <p>{s.intake.help}</p>
      {CHANNELS.map((channel) => (
        <Check
          key={channel}
          label={s.intake.open(channelName(channel))}
          value={!body.value.shut.includes(channel)}
          set={(open) => {
            const others = body.value.shut.filter((each) => each !== channel);
            body.value = { shut: open ? others : [...others, channel] };
          }}
        />
      ))}
    </>
  );
}
