#include "app/serve/status_record.h"

#include <string>
#include <utility>

namespace tidegate::app {
namespace {

PublicRecord named(PublicRecord record, const std::string& provider, const std::string& zone) {
    if (!provider.empty()) record.provider = provider;
    record.zone = zone;
    return record;
}

}  // namespace

std::vector<PublicRecord> status_records(
    const std::function<PublicRecord(std::string_view partner)>& record_of, const config::Status& settings) {
    std::vector<PublicRecord> out{named(record_of({}), settings.provider, settings.zone)};
    for (const config::StatusPartner& partner : settings.partners) {
        PublicRecord his = named(record_of(partner.name), partner.provider, settings.zone);
        his.partner = partner.name;
        if (his.provider.empty()) his.provider = partner.name;
        out.push_back(std::move(his));
    }
    return out;
}

}  // namespace tidegate::app
