/**
 * Where one writes: grows with the text, Enter sends, Shift and Enter make a new line.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { countText } from '../format.ts';

/** The runtime refuses longer messages. */
export const textMax = 4_000;
/** From here on the page counts. */
const countFrom = 3_500;
const heightMaxPx = 168;

export function Composer(props: { placeholder: string; send: (text: string) => void }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, heightMaxPx)}px`;
  }, [text]);
  // A phone would open its keyboard over the conversation.
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);

  const send = (): void => {
    const said = text.trim();
    if (said === '' || said.length > textMax) return;
    props.send(said);
    setText('');
    field.current?.focus();
  };
  const left = textMax - text.trim().length;

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-box">
        <label class="visually-hidden" for="composer">
          Your message
        </label>
        <textarea
          ref={field}
          id="composer"
          rows={1}
          placeholder={props.placeholder}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            // While a character is being composed, Enter chooses it.
            if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
              event.preventDefault();
              send();
            }
          }}
        />
        <button type="submit" class="composer-send" disabled={text.trim() === '' || left < 0} aria-label="Send">
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path
              d="M10 16V4.5M5 9.2l5-5 5 5"
              fill="none"
              stroke="currentColor"
              stroke-width="2"
              stroke-linecap="round"
              stroke-linejoin="round"
            />
          </svg>
        </button>
      </div>
      {text.length > countFrom && (
        <p class={`composer-count ${left < 0 ? 'is-bad' : ''}`} role="status">
          {left < 0
            ? `${countText(-left, 'character', 'characters')} too many`
            : `${countText(left, 'character', 'characters')} left`}
        </p>
      )}
    </form>
  );
}
