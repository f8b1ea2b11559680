#include "tell/live/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace tidegate::tell {
namespace {

prometheus::ClientMetric sample_of(const Metric& metric, const Metric::Sample& sample) {
    prometheus::ClientMetric out;
    for (const auto& [name, value] : sample.labels) out.label.push_back({name, value});
    if (metric.kind == Metric::Kind::counter)
        out.counter.value = sample.value;
    else
        out.gauge.value = sample.value;
    return out;
}

}  // namespace

std::string exposition(const std::vector<Metric>& metrics) {
    std::vector<prometheus::MetricFamily> families;
    for (const Metric& metric : metrics) {
        prometheus::MetricFamily family;
        family.name = metric.name;
        family.help = metric.help;
        family.type = metric.kind == Metric::Kind::counter ? prometheus::MetricType::Counter
                                                           : prometheus::MetricType::Gauge;
        for (const Metric::Sample& sample : metric.samples)
            family.metric.push_back(sample_of(metric, sample));
        families.push_back(std::move(family));
    }
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace tidegate::tell
