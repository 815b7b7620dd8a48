#include "destination_adapter.h"
