// What is wider than the screen scrolls by itself; so it has a name and can be reached by keyboard.

import type { ComponentChildren } from "preact";

export function Scroll({ label, children, stacked = false }: { label: string; children: ComponentChildren; stacked?: boolean }) {
    return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and not everybody has a mouse
        <section class={stacked ? "scroll stacked" : "scroll"} tabIndex={0} aria-label={label}>
            {children}
        </section>
    );
}
