// The islands: what scripts add to pages that work without them.
import { cursors } from './cursor'
import { follow } from './live'
import { localTimes } from './time'

function dress(): void {
  localTimes()
  cursors()
}

dress()
follow(dress)

// Return asks, Shift and Return begins a line: a question is one line by nature.
document.querySelector<HTMLTextAreaElement>('form.ask textarea')?.addEventListener('keydown', (e) => {
  if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
    e.preventDefault()
    ;(e.target as HTMLTextAreaElement).form?.requestSubmit()
  }
})
