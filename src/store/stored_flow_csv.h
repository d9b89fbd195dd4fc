// Flows of the store as rows of CSV. Stateless; any thread.
#pragma once

#include <string>

#include "store/flow_query.h"

namespace flowsift::store {

/// With its line feed.
std::string stored_flow_csv_header();

/// One row with its line feed. Text from the wire is made printable, and no cell is taken for a formula.
void append_csv(std::string& out, const StoredFlow& flow);

}  // namespace flowsift::store
