// Callers at the desk: the button that notes one, where notes are written during a call, and how a
// call and the chat of the same person name each other.
import { touch } from "./composer";
import { Icon } from "./icons";
import { isCall } from "./kinds";
import { Opens } from "./modal";
import { NoteForm } from "./passing";
import { isMine, openConversation, summaryList } from "./store";
import { t } from "./strings";
import type { Summary } from "./types";

/** The other half of the same person's case, where I hold it too. */
export const ownHalf = ({ joined }: Summary): Summary | undefined =>
  summaryList.value.find((one) => one.id === joined && isMine(one));

export function NoteCall() {
  return (
    <Opens name="call" class="plain" letter="A">
      <Icon name="telephone" /> {t.aftercare.title.call}
    </Opens>
  );
}

/** Nobody can be written to on the telephone: where the reply would be stands the note. */
export function CallNotes({ id }: { id: string }) {
  return (
    <div class="composer">
      <NoteForm
        id={id}
        label={t.phone.note}
        hint={touch ? t.pass.notesHint : t.phone.noteHint}
      />
    </div>
  );
}

/** That there is another half, in words. */
export function Joined({ summary }: { summary: Summary }) {
  if (!summary.joined) return null;
  return (
    <span class="mark">
      <Icon name="link" />
      {wordsOf(summary)}
    </span>
  );
}

/** The same, and the way there where it is mine. */
export function JoinedLink({ summary }: { summary: Summary }) {
  const other = ownHalf(summary);
  return other ? (
    <button type="button" class="link" onClick={() => void openConversation(other.id)}>
      {wordsOf(summary)}
    </button>
  ) : (
    <Joined summary={summary} />
  );
}

const wordsOf = (summary: Summary): string => t.phone.joined[isCall(summary) ? "chat" : "call"];
