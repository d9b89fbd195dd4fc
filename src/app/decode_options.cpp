#include "app/decode_options.h"

#include <CLI/CLI.hpp>
#include <map>

namespace flowsift::app {

void add_decode_options(CLI::App& app, decode::Options& options) {
    const std::map<std::string, decode::FlowLayer> layers = {{"innermost", decode::FlowLayer::kInnermost},
                                                             {"outermost", decode::FlowLayer::kOutermost}};
    app.add_option("--flow-layer", options.flow_layer,
                   "Of tunnelled packets, what makes the flow: innermost, outermost")
        ->transform(CLI::CheckedTransformer(layers).description(""))
        ->type_name("LAYER")
        ->default_str("innermost");
    app.add_flag("--checksums", options.verify_checksums,
                 "Verify and count checksums; packets with wrong ones stay in their flows");
}

}  // namespace flowsift::app
