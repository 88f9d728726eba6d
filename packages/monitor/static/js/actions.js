// Buttons that change something: sent without leaving the page, with the outcome in words.
import { focusOutcome, tellOutcome } from './outcome.js';
import { post } from './server.js';

/** Takes over every form marked `data-action`. Without this script the forms work by themselves. */
export function forwardActions() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.hasAttribute('data-action')) return;
    event.preventDefault();
    void run(form, form.querySelector('button'));
  });
}

async function run(form, button) {
  if (button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  try {
    const { message } = await post(form.action);
    tellOutcome(message, 'good');
  } catch (error) {
    tellOutcome(error.message, 'bad');
  } finally {
    button.ariaDisabled = null;
    // The card of the button may be gone by now: keep the keyboard where the outcome stands.
    if (!button.isConnected || button.offsetParent === null) focusOutcome();
  }
}
