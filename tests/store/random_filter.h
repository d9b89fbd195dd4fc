// Random filters and flows, and the plain way of telling which flows pass: a tree of terms, each a function over a
// flow, that is written out as text for the parser. The oracle of parser and SQL together.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "store/flow_query.h"

namespace flowsift::store {

/// With few values of everything, so that terms hit.
StoredFlow random_flow(base::Random& random);

struct PlainFilter {
    std::string text;
    std::function<bool(const StoredFlow&)> passes;
};

PlainFilter random_filter(base::Random& random, int depth);

}  // namespace flowsift::store
