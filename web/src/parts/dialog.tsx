// A question that has to be answered first. The browser's own dialog: it keeps the focus inside, and Escape closes it.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
    const box = useRef<HTMLDialogElement>(null);
    const name = useId();
    useEffect(() => {
        const before = document.activeElement;
        box.current?.showModal();
        return () => {
            if (before instanceof HTMLElement) before.focus();
        };
    }, []);
    return (
        <dialog ref={box} aria-labelledby={name} onClose={onClose}>
            <div class="card-head">
                <h2 id={name}>{title}</h2>
                <button type="button" class="plain" onClick={() => box.current?.close()} aria-label="Close">
                    ×
                </button>
            </div>
            {children}
        </dialog>
    );
}
