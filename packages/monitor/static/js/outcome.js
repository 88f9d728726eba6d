// What became of something that was asked for, in words, said to screen readers too.

const line = document.getElementById('result');

/** @param tone `good` or `bad` */
export function tellOutcome(message, tone) {
  line.hidden = false;
  line.dataset.tone = tone;
  line.textContent = message;
}

/** Moves the keyboard to the words. */
export function focusOutcome() {
  line.focus();
}
