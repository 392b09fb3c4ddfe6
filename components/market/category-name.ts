import type { Category } from "@/lib/market/categories";

const names: Record<Category, string> = {
  ai_ml: "AI and machine learning",
  media_processing: "Media processing",
  scientific_computing: "Scientific computing",
  data_analytics: "Data analytics",
  gaming_entertainment: "Games and entertainment",
  development_tools: "Development tools",
};

export function categoryName(category: Category): string {
  return names[category];
}
