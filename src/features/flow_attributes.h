// What a flow's first bytes told of it (decode/attributes.h), under the name by which the rooms behind this one know
// it.
#pragma once

#include "decode/attributes.h"

namespace flowsift::features {

using decode::Application;
using FlowAttributes = decode::Attributes;

}  // namespace flowsift::features
