// The views, in the order of the rail. The key is pressed after g.

import type { FunctionComponent } from "preact";
import type { Role } from "./api/types";
import { AlertsView } from "./views/alerts";
import { AuditView } from "./views/audit";
import { ConfigurationView } from "./views/configuration";
import { ExceptionsView } from "./views/exceptions";
import { IncidentsView } from "./views/incidents";
import { NetworksView } from "./views/networks";
import { NowView } from "./views/now";
import { PublicView } from "./views/public";
import { SearchView } from "./views/search";
import { ServersView } from "./views/servers";
import { TokensView } from "./views/tokens";
import { TrialView } from "./views/trial";
import { UpkeepView } from "./views/upkeep";
import { UsersView } from "./views/users";
import { WorkView } from "./views/work";

export interface View {
    name: string;
    title: string;
    key: string;
    role: Role;
    apart?: boolean;
    Show: FunctionComponent<{ rest: string }>;
}

export const views: readonly View[] = [
    { name: "now", title: "Now", key: "n", role: "look", Show: NowView },
    { name: "networks", title: "Networks", key: "w", role: "look", Show: NetworksView },
    { name: "search", title: "Search", key: "s", role: "look", Show: SearchView },
    { name: "incidents", title: "Incidents", key: "i", role: "look", Show: IncidentsView },
    { name: "alerts", title: "Alerts", key: "l", role: "look", Show: AlertsView },
    { name: "work", title: "Announced work", key: "o", role: "look", Show: WorkView },
    { name: "public", title: "Public page", key: "b", role: "look", Show: PublicView },
    { name: "servers", title: "Servers", key: "v", role: "look", Show: ServersView },
    { name: "exceptions", title: "Exceptions", key: "e", role: "look", Show: ExceptionsView },
    { name: "configuration", title: "Configuration", key: "c", role: "act", apart: true, Show: ConfigurationView },
    { name: "trial", title: "Trial", key: "t", role: "act", Show: TrialView },
    { name: "audit", title: "Audit", key: "a", role: "look", Show: AuditView },
    { name: "users", title: "Users", key: "u", role: "administer", apart: true, Show: UsersView },
    { name: "tokens", title: "Tokens", key: "k", role: "administer", Show: TokensView },
    { name: "upkeep", title: "Upkeep", key: "p", role: "administer", Show: UpkeepView },
];

export function viewNamed(name: string): View {
    const found = views.find((view) => view.name === name) ?? views[0];
    if (found === undefined) throw new Error("there are no views");
    return found;
}
