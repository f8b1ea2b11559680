#pragma once
// What the edge knew before a restart, in the daemon's folder: the journal has neither mail nor servers.

#include <vector>

#include "app/serve/domain_moves.h"
#include "app/serve/server_orders.h"
#include "app/serve/state_folder.h"
#include "guard/mail_desk.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// None where none were kept, or they can't be read, which is told.  Thread: as StateFolder.
[[nodiscard]] std::vector<ServerOrder> recalled_server_orders(const StateFolder& state,
                                                              tell::Telling& telling);
/// Likewise. With none, mail is taken as if nothing had been ordered: it goes on.
[[nodiscard]] std::vector<DomainMove> recalled_moves(const StateFolder& state, tell::Telling& telling);
/// The desk stays as it is where nothing was kept, or it can't be read, which is told.
void recall_mail(const StateFolder& state, guard::MailDesk& mail, tell::Telling& telling);
/// Where nobody ever brought mail there is nothing to keep. What can't be written is told.
void keep_mail(const StateFolder& state, const guard::MailDesk& mail, tell::Telling& telling);

}  // namespace tidegate::app
