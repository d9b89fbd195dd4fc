#include "app/decode_options.h"

#include <CLI/CLI.hpp>

namespace flowsift::app {

void add_decode_options(CLI::App& app, decode::Options& options) {
    const auto set_flow_layer = [&options](const std::string& name) {
        options.flow_layer = name == "outermost" ? decode::FlowLayer::kOutermost : decode::FlowLayer::kInnermost;
    };
    app.add_option_function<std::string>("--flow-layer", set_flow_layer,
                                         "Of tunnelled packets, which one makes the flow: innermost, outermost")
        ->check(CLI::IsMember({"innermost", "outermost"}).description(""))
        ->default_str("innermost");
    app.add_flag("--checksums", options.verify_checksums,
                 "Verify and count checksums; packets with wrong ones stay in their flows");
}

}  // namespace flowsift::app
