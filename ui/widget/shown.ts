// The values that the screen shows. It is drawn as a whole when one of them changes: small as it is,
// nothing has to know which part of it reads which.

const drawings = new Set<() => void>();
let changing = 0;
let changed = false;

export interface Shown<T> {
  value: T;
}

/** A value: what follows the screen follows it. */
export function shown<T>(value: T): Shown<T> {
  return {
    get value() {
      return value;
    },
    set value(next) {
      if (next === value) return;
      value = next;
      changed = true;
      if (!changing) together();
    },
  };
}

/** Draws once for all that changes meanwhile. */
export function together(change?: () => void): void {
  changing++;
  try {
    change?.();
    while (changing === 1 && changed) {
      changed = false;
      for (const draw of drawings) draw();
    }
  } finally {
    changing--;
  }
}

/** Draws now and after every change, until the answer is called. */
export function drawn(draw: () => void): () => void {
  drawings.add(draw);
  together(draw);
  return () => drawings.delete(draw);
}
