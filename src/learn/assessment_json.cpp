#include "learn/assessment.h"

namespace flowsift::learn {
namespace {

void write_split(const SplitAssessment& split, double benign_flows_per_day, base::JsonWriter& json) {
    json.begin_object().member("name", split.name);
    if (!split.is_made()) {
        json.member("missing", split.missing).end_object();
        return;
    }
    const ThoroughJudgement& judgement = split.judgement;
    json.member("rows_trained", static_cast<std::uint64_t>(split.rows_trained));
    json.member("macro_f1", judgement.forest.macro_f1);
    json.member("macro_f1_of_all_classes", macro_f1_from(judgement.forest, 1));
    json.member("accuracy", judgement.forest.accuracy);
    json.key("baseline").begin_object().member("macro_f1", judgement.baseline.macro_f1);
    json.member("accuracy", judgement.baseline.accuracy).end_object();
    json.key("evaluation");
    write_json(judgement.forest, json);
    write_json_members(judgement, benign_flows_per_day, json);
    json.key("overlap");
    write_json(split.overlap, json);
    json.key("rows_without_a_twin");
    write_json(split.unseen, json);
    json.key("classes_without_training_rows").begin_array();
    for (const std::string& name : split.new_classes) json.value(name);
    json.end_array().member("rows_of_these", split.new_rows).member("noticed_of_these", split.new_found);
    if (split.restrained) {
        json.key("without_suspects");
        write_json(split.restrained->forest, json);
    }
    json.end_object();
}

void write_lone(const Assessment& assessment, base::JsonWriter& json) {
    json.begin_array();
    for (const LoneFeature& found : assessment.lone) {
        json.begin_object().member("feature", assessment.feature_names[found.feature]);
        json.member("class", assessment.class_rows[found.label].first);
        json.member("low", static_cast<double>(found.low)).member("high", static_cast<double>(found.high));
        json.member("support", found.support).member("inside", found.inside).member("correct", found.correct);
        json.member("f1", found.f1).member("balanced_accuracy", found.balanced_accuracy).end_object();
    }
    json.end_array();
}

void write_surrogate(const Assessment& assessment, base::JsonWriter& json) {
    const Surrogate& surrogate = *assessment.surrogate;
    json.begin_object().member("rows", surrogate.rows).member("fidelity", surrogate.fidelity());
    json.member("agreement_of_most_frequent", surrogate.most_frequent).key("nodes").begin_array();
    for (const Surrogate::Node& node : surrogate.nodes) {
        json.begin_object().member("rows", node.rows).member("agreeing", node.agreeing);
        if (node.is_leaf)
            json.member("class", assessment.class_rows[node.label].first);
        else
            json.member("feature", assessment.feature_names[node.feature])
                .member("at_most", static_cast<double>(node.threshold))
                .member("left", node.left)
                .member("right", node.left + 1);
        json.end_object();
    }
    json.end_array().end_object();
}

void write_audit(const Assessment& assessment, base::JsonWriter& json) {
    json.begin_object().key("lone_features");
    write_lone(assessment, json);
    json.key("suspects").begin_array();
    for (const Suspect& suspect : assessment.suspects)
        json.begin_object().member("feature", suspect.name).member("reason", suspect.reason).end_object();
    json.end_array();
    if (assessment.surrogate) {
        json.key("surrogate");
        write_surrogate(assessment, json);
    }
    json.end_object();
}

}  // namespace

void write_json(const Assessment& assessment, base::JsonWriter& json) {
    json.begin_object().key("verdict").begin_array();
    for (const std::string& sentence : assessment.verdict) json.value(sentence);
    json.end_array().member("trusted_split", assessment.trusted_split().name);
    json.key("splits").begin_array();
    for (const SplitAssessment& split : assessment.splits) write_split(split, assessment.benign_flows_per_day, json);
    json.end_array().key("audit");
    write_audit(assessment, json);
    json.key("learning_curve").begin_array();
    for (const LearningPoint& point : assessment.learning_curve)
        json.begin_object().member("rows", point.rows).member("macro_f1", point.macro_f1).end_object();
    json.end_array().key("importance").begin_object();
    for (const auto& [name, share] : assessment.importance) json.member(name, share);
    json.end_object().key("permutation_importance").begin_object();
    for (const auto& [name, drop] : assessment.permutation) json.member(name, drop);
    json.end_object().end_object();
}

}  // namespace flowsift::learn
