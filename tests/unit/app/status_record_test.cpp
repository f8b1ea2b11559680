#include "app/serve/status_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidegate::app {
namespace {

using testing::ElementsAre;

/// A page's settings, with a partner for each name that is given.
config::Status page(std::string provider, std::vector<std::string_view> partners = {}) {
    config::Status out;
    out.provider = std::move(provider);
    for (const std::string_view each : partners) out.partners.emplace_back().name = each;
    return out;
}

/// Of a case book that calls itself `provider`: each record says whose it is.
auto book(std::string provider) {
    return [provider = std::move(provider)](std::string_view partner) {
        PublicRecord out;
        out.provider = provider;
        out.partner = partner;
        out.zone = "UTC";
        auto& incident = out.incidents.emplace_back();
        incident.id = "case-1";
        incident.title = "seen by <" + std::string(partner) + ">";
        return out;
    };
}

TEST(StatusRecords, AreOursAndThenThoseOfPartnersWhoHaveAPage) {
    config::Status settings = page("Example Mail", {"north", "south"});
    settings.zone = "Europe/Berlin";
    settings.partners[0].provider = "North Mail";
    const auto records = status_records(book("the case book's"), settings);
    std::vector<std::string> partners, providers, zones, titles;
    for (const PublicRecord& each : records) {
        partners.push_back(each.partner);
        providers.push_back(each.provider);
        zones.push_back(each.zone);
        titles.push_back(each.incidents.at(0).title);
    }
    EXPECT_THAT(partners, ElementsAre("", "north", "south"));
    EXPECT_THAT(providers, ElementsAre("Example Mail", "North Mail", "the case book's"));
    EXPECT_THAT(zones, ElementsAre("Europe/Berlin", "Europe/Berlin", "Europe/Berlin"));
    EXPECT_THAT(titles, ElementsAre("seen by <>", "seen by <north>", "seen by <south>"))
        << "what one partner may know is no other's";
}

TEST(StatusRecords, WithoutNamesOfItsOwnThePageTakesTheCaseBooks) {
    const auto records = status_records(book("Example Mail"), {});
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].provider, "Example Mail");
    EXPECT_EQ(records[0].incidents.size(), 1U);
}

TEST(StatusRecords, APartnerWhomNobodyNamesGoesByHisShortName) {
    const auto records = status_records(book(""), page("Example Mail", {"south"}));
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[1].provider, "south") << "not our name";
}

}  // namespace
}  // namespace tidegate::app
