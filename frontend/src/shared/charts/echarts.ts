import { BarChart, CustomChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

// Only what our charts are made of; this file is loaded when the first of them is drawn.
use([
  BarChart,
  CustomChart,
  AriaComponent,
  GridComponent,
  TooltipComponent,
  LabelLayout,
  CanvasRenderer,
  SVGRenderer,
]);

export { init };
