#include "app/serve/case_wiring.h"

#include <utility>

#include "app/serve/case_sight.h"
#include "judge/normalise.h"

namespace tidegate::app {

CaseWorld case_world(CaseGround ground) {
    guard::Desk& desk = ground.desk;
    return {.telling = ground.telling,
            .clock = std::move(ground.clock),
            .heads = [&desk] { return desk.incident_heads(); },
            .incident = [&desk](std::string_view id) { return desk.incident(id); },
            .sights =
                [&desk, servers = std::move(ground.servers), queues = ground.queues] {
                    return case_sights(desk.bands(), desk.waits().standing(), servers(), queues());
                },
            .mail = [queues = ground.queues] { return mail_sight(queues()); },
            .kept = std::move(ground.kept),
            .keep = std::move(ground.keep),
            .outlets = std::move(ground.outlets)};
}

CaseControlWorld case_control_world(CaseDesk& cases, const Recorder& recorder, guard::Desk& desk,
                                    std::function<Time()> clock) {
    return {.desk = cases,
            .clock = std::move(clock),
            .say = [&recorder, &desk](const WordNotice& words) -> Result<tell::Said> {
                const tell::Said said = desk.tell(words);
                if (auto done = recorder.flush(); !done) return std::unexpected(unwritten(done.error()));
                return said;
            },
            .note = [&desk](const ActionNotice& action) { desk.note(action); },
            .record = [&recorder](keep::Deed deed) { recorder.record(std::move(deed)); }};
}

AccountTest account_test(std::string account, std::shared_ptr<const judge::Policy> policy) {
    std::string name;
    const std::uint64_t key = judge::account_key(judge::normalise(account, *policy, name));
    return [key, policy = std::move(policy)](std::string_view each) {
        std::string other;
        return judge::account_key(judge::normalise(each, *policy, other)) == key;
    };
}

}  // namespace tidegate::app
