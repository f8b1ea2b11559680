// What must not be overlooked, whatever view is open: figures that are old.

import { useEffect, useState } from "preact/hooks";
import { standing } from "../api/live";
import { Said } from "../parts/words";
import { useStore } from "../state/store";
import { clock, inUtc, span } from "../text/time";

export function useClock(everyMs: number): number {
    const [now, setNow] = useState(Date.now());
    useEffect(() => {
        const timer = window.setInterval(() => setNow(Date.now()), everyMs);
        return () => window.clearInterval(timer);
    }, [everyMs]);
    return now;
}

function StaleFor({ heard }: { heard: number }) {
    const now = useClock(1_000);
    return <>{span((now - heard) / 1000)}</>;
}

export function Strip() {
    const { state, heard, why } = useStore(standing);
    const utc = useStore(inUtc);
    if (state !== "stale") return null;
    return (
        <div class="strip" role="alert">
            <p>
                {heard === null ? "Nothing was heard yet. " : `Stale since ${clock(new Date(heard), utc).time}: what you see is that old. `}
                <Said text={why} />
                {heard === null ? null : (
                    <span aria-hidden="true">
                        {" "}
                        (<StaleFor heard={heard} />)
                    </span>
                )}
            </p>
        </div>
    );
}
