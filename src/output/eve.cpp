#include "output/eve.h"

#include <utility>

namespace flowsift::output {

base::Result<std::unique_ptr<EveWriter>> EveWriter::open(const std::string& path, const Options& options) {
    auto file = RotatingFile::open(path, options.rotation);
    if (!file) return file.error();
    return std::unique_ptr<EveWriter>(new EveWriter(std::move(*file), options));
}

EveWriter::EveWriter(std::unique_ptr<RotatingFile> file, const Options& options)
    : file_(std::move(file)), with_flows_(options.with_flows), text_(options.capture, options.is_live) {}

void EveWriter::write(std::string_view event) {
    if (event.empty()) return;
    line_.assign(event).push_back('\n');
    file_->write_line(line_);
}

}  // namespace flowsift::output
