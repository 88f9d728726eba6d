// Buttons that change something: sent without leaving the page, with the outcome in words.
import { post } from './server.js';

/** Takes over every form marked `data-action`. Without this script the forms work by themselves. */
export function forwardActions() {
  const result = document.getElementById('result');
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.hasAttribute('data-action')) return;
    event.preventDefault();
    void run(form, form.querySelector('button'), result);
  });
}

async function run(form, button, result) {
  if (button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  try {
    const { message } = await post(form.action);
    show(result, message, 'good');
  } catch (error) {
    show(result, error.message, 'bad');
  } finally {
    button.ariaDisabled = null;
    // The card of the button may be gone by now: keep the keyboard where the outcome stands.
    if (!button.isConnected || button.offsetParent === null) result.focus();
  }
}

function show(result, message, tone) {
  result.hidden = false;
  result.dataset.tone = tone;
  result.textContent = message;
}
