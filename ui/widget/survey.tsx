// The two questions at the end, both optional. The server says what may be asked, in its words.

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { type Choice, choicesOf } from "./protocol";
import type { Chat } from "./store";
import { Trouble } from "./code";
import { freshId } from "./vault";
import { words } from "./words-more";

interface Question {
  id: string;
  text: string;
  choices: Choice[];
}

function questionsOf(raw: unknown): Question[] {
  const questions = (raw as { questions?: unknown } | null)?.questions;
  if (!Array.isArray(questions)) return [];
  return (questions as Record<string, unknown>[])
    .map((one) => ({ id: String(one?.id ?? ""), text: String(one?.text ?? ""), choices: choicesOf(one?.choices) }))
    .filter((one) => one.id && one.text && one.choices.length);
}

export function Survey({ chat }: { chat: Chat }): JSX.Element | null {
  const M = words(chat);
  const head = useRef<HTMLHeadingElement>(null);
  const [answered, setAnswered] = useState<string[]>([]);
  const [trouble, setTrouble] = useState("");
  const asked = questionsOf(chat.state.value.survey).filter((one) => !answered.includes(one.id));
  const answer = async (question: Question, choice: Choice): Promise<void> => {
    setTrouble("");
    try {
      const kept = await chat.ask("web/survey", { cid: freshId(), choice: choice.id });
      if (!kept.ok) throw new Error("not kept");
      setAnswered((before) => [...before, question.id]);
      // The button that had the focus is gone.
      head.current?.focus();
    } catch {
      setTrouble(M.offline);
    }
  };
  return (
    <section class="survey" aria-labelledby="survey">
      <h2 id="survey" tabIndex={-1} ref={head}>
        {asked.length ? M.survey : M.surveyThanks}
      </h2>
      {asked.map((one) => (
        <div key={one.id} role="group" aria-label={one.text}>
          <p>{one.text}</p>
          {one.choices.map((choice) => (
            <button type="button" key={choice.id} onClick={() => void answer(one, choice)}>
              {choice.title}
            </button>
          ))}
        </div>
      ))}
      <Trouble text={trouble} />
    </section>
  );
}
