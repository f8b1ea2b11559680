#include "app/serve/edge_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tidegate::app {
namespace {

using testing::HasSubstr;
using testing::Not;

EdgeStanding busy() {
    EdgeStanding edge;
    edge.counts.accepted = 1000;
    edge.counts.turned_away = 30;
    edge.counts.admitted = 400;
    edge.counts.remembered = 70;
    edge.counts.shed = 8;
    edge.admission.pressure = 0.5;
    edge.admission.by_class[edge::ClientClass::familiar] = 90;
    edge.admission.servers.push_back({"store1", 40, 7, 3});
    edge.handshakes.full = 50;
    edge.handshakes.refused_host = 1;
    edge.handshakes.refused_all = 2;
    edge.wrong_passwords.kept = 12;
    edge.mail = {.questions = 100, .deferred = 20, .refused = 3, .taken = 60, .turned_down = 4};
    edge.mail_memory.addresses = 17;
    edge.servers.resize(2);
    edge.servers[0].name = "store1";
    edge.servers[0].sessions = 25;
    edge.servers[0].log_ins_a_second = 1.5;
    edge.servers[1].name = "store2";
    edge.servers[1].state = edge::ServerState::down;
    return edge;
}

std::string text_of(const EdgeStanding& edge) {
    std::vector<tell::Metric> metrics;
    add_edge(edge, metrics);
    return tell::exposition(metrics);
}

TEST(EdgeFigures, AreThoseOfTheEdge) {
    const std::string text = text_of(busy());
    for (const char* line : {"tidegate_edge_connections_total 1000\n",
                             "tidegate_edge_connections_ended_total{why=\"class_or_room\"} 30\n",
                             "tidegate_edge_sessions{class=\"familiar\"} 90\n",
                             "tidegate_edge_pressure 0.5\n",
                             "tidegate_edge_handshakes_total{outcome=\"full\"} 50\n",
                             "tidegate_edge_handshakes_total{outcome=\"refused\"} 3\n",
                             "tidegate_edge_handshakes_refused_total{bound=\"all\"} 2\n",
                             "tidegate_edge_attempts_total{outcome=\"admitted\"} 400\n",
                             "tidegate_edge_attempts_total{outcome=\"remembered\"} 70\n",
                             "tidegate_edge_attempts_total{outcome=\"shed\"} 8\n",
                             "tidegate_edge_wrong_passwords 12\n",
                             "tidegate_mail_questions_total{answer=\"pass\"} 77\n",
                             "tidegate_mail_questions_total{answer=\"defer\"} 20\n",
                             "tidegate_mail_outcomes_total{outcome=\"taken\"} 60\n",
                             "tidegate_mail_senders 17\n",
                             "tidegate_server_state{server=\"store1\",state=\"up\"} 1\n",
                             "tidegate_server_state{server=\"store2\",state=\"up\"} 0\n",
                             "tidegate_server_state{server=\"store2\",state=\"down\"} 1\n",
                             "tidegate_server_sessions{server=\"store1\"} 25\n",
                             "tidegate_server_limit{server=\"store1\"} 40\n",
                             "tidegate_server_in_flight{server=\"store1\"} 7\n",
                             "tidegate_server_queued{server=\"store1\"} 3\n",
                             "tidegate_server_log_ins_per_second{server=\"store1\"} 1.5\n"})
        EXPECT_THAT(text, HasSubstr(line));
    // Nobody has asked for it yet: there is no limit to show.
    EXPECT_THAT(text, Not(HasSubstr("tidegate_server_limit{server=\"store2\"}")));
}

TEST(EdgeFigures, NoSampleIsThereTwice) {
    std::vector<tell::Metric> metrics;
    add_edge(busy(), metrics);
    std::set<std::string> names;
    for (const tell::Metric& metric : metrics) {
        EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
        std::set<std::vector<std::pair<std::string, std::string>>> labels;
        for (const auto& sample : metric.samples)
            EXPECT_TRUE(labels.insert(sample.labels).second) << metric.name;
    }
}

TEST(EdgeFigures, AnEdgeWithoutServersHasNone) {
    EXPECT_THAT(text_of({}), Not(HasSubstr("tidegate_server_")));
}

}  // namespace
}  // namespace tidegate::app
