import { incidentHeads } from "../api/live";
import { to } from "../state/route";
import { may, session } from "../state/session";
import { useStore } from "../state/store";
import { views } from "../views";

function OpenIncidents() {
    const open = [...useStore(incidentHeads).values()].filter((head) => head.state === "open").length;
    return open === 0 ? null : (
        <span class="chip bad">
            {open}
            <span class="heard"> open</span>
        </span>
    );
}

export function Rail({ open, current }: { open: boolean; current: string }) {
    const who = useStore(session).who;
    return (
        <nav class={open ? "rail open" : "rail"} id="rail" aria-label="Views">
            <ul>
                {views
                    .filter((view) => may(view.role, who?.role))
                    .map((view) => (
                        <li key={view.name} class={view.apart ? "apart" : ""}>
                            <a href={to(view.name)} {...(view.name === current ? { "aria-current": "page" as const } : {})}>
                                <span>
                                    {view.title} {view.name === "incidents" ? <OpenIncidents /> : null}
                                </span>
                                <span class="key-hint" aria-hidden="true">
                                    g {view.key}
                                </span>
                            </a>
                        </li>
                    ))}
            </ul>
        </nav>
    );
}
